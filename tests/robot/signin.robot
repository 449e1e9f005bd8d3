*** Settings ***
Documentation     At the door: waits, an own password, the second factor, the end of a session.
Resource          zhinan.resource
Test Teardown     Close All Browsers

*** Variables ***
${OWN}            Qingcheng-92-lushan

*** Keywords ***
输入登录
    [Arguments]    ${name}    ${password}
    Go To    ${SITE}/login
    Input Text    name:__ac_name    ${name}
    Input Password    name:__ac_password    ${password}
    Click Element    css:[name="buttons.login"]

设新密码
    [Arguments]    ${old}    ${new}    ${again}=${new}
    Input Password    name:old_password    ${old}
    Input Password    name:new_password    ${new}
    Input Password    name:new_again    ${again}
    Click Element    css:main form button

*** Test Cases ***
输错几次后要等待，随后可以登录
    打开网站
    FOR    ${i}    IN RANGE    3
        输入登录    shenhe    cuowu-mima
        Wait Until Page Contains    登录名或密码不正确
    END
    Page Should Contain    请等待1秒
    输入登录    shenhe    ${PASSWORD}
    Wait Until Page Contains    请等待
    Page Should Not Contain Element    css:.zn-staff
    Sleep    1.5s
    输入登录    shenhe    ${PASSWORD}
    Wait Until Page Contains Element    css:.zn-staff
    Go To    ${SITE}/@@my-sign-in
    Page Should Contain    最近的登录

他人设置的密码先改成自己的
    [Documentation]    The password of this login alone was set by somebody else.
    打开网站    width=390    height=844
    输入登录    xinren    ${PASSWORD}
    Go To    ${FILING}
    Wait Until Location Contains    @@my-password
    Page Should Contain    至少12个字符
    不应横向滚动
    设新密码    ${PASSWORD}    duan
    Wait Until Page Contains    请至少使用12个字符
    设新密码    ${PASSWORD}    ${OWN}
    Wait Until Location Contains    @@my-sign-in
    Page Should Contain    密码已修改
    Go To    ${FILING}
    Location Should Be    ${FILING}

启用双因素验证并用它登录
    打开网站
    输入登录    zwfuwu    ${PASSWORD}
    Wait Until Page Contains Element    css:.zn-staff
    Go To    ${SITE}/@@my-second-factor
    Input Password    name:old_password    ${PASSWORD}
    Click Element    css:main form button
    Wait Until Page Contains Element    css:.zn-enrolqr svg
    ${secret}=    Get Text    css:.zn-secret
    ${code}=    One Time Code    ${secret}
    Input Text    name:code    ${code}
    Click Element    css:main form button
    Wait Until Page Contains Element    css:.zn-codes
    ${codes}=    Get Element Count    css:.zn-codes li
    Should Be Equal As Integers    ${codes}    10
    退出登录
    输入登录    zwfuwu    ${PASSWORD}
    Wait Until Location Contains    @@second-factor
    Input Text    name:code    000000
    Click Element    css:main form button
    Wait Until Page Contains    验证码不正确
    ${code}=    One Time Code    ${secret}    1
    Input Text    name:code    ${code}
    Click Element    css:main form button
    Wait Until Page Contains Element    css:.zn-staff

退出前有提醒，填写的内容不会丢失
    打开网站
    输入登录    bianji    ${PASSWORD}
    Wait Until Page Contains Element    css:.zn-staff
    ${copy}=    打开工作副本    ${FILING}
    Go To    ${copy}/edit
    Wait Until Page Contains Element    name:form.buttons.save
    填写    description    这一句写到一半。
    Session Is Nearly Over
    Wait Until Element Is Visible    css:[data-part="warn"]    10s
    ${focus}=    Execute Javascript    return document.activeElement.dataset.part;
    Should Be Equal    ${focus}    stay
    Click Element    css:[data-part="stay"]
    Wait Until Element Is Not Visible    css:[data-part="warn"]
    Delete All Cookies
    Session Is Over
    Wait Until Element Is Visible    css:[data-part="over"]    15s
    Click Element    css:[data-part="again"]
    Wait Until Page Contains Element    name:__ac_name
    Input Text    name:__ac_name    bianji
    Input Password    name:__ac_password    ${PASSWORD}
    Click Element    css:[name="buttons.login"]
    Wait Until Location Is    ${copy}/edit
    Wait Until Element Is Visible    css:[data-part="offer"]
    Click Element    css:[data-part="restore"]
    Wait Until Page Contains    已恢复
    ${text}=    Execute Javascript    return document.querySelector('[name="form.widgets.description"]').value;
    Should Be Equal    ${text}    这一句写到一半。
    保存
    Wait Until Location Is    ${copy}
    Element Should Contain    css:.zn-lead    这一句写到一半。
